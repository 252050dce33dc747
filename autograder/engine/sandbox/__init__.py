"""Keep a kernel away from this machine: namespaces, a root of its own, limits, a filter on system calls (Linux)."""

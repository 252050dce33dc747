"""The certificate: proof that the graders fail wrong answers, pass right ones and name the mistake."""

"""Colab's switch for widgets that Colab itself does not know; anywidget turns it by itself."""

is_custom_widget_manager_enabled = False


def enable_custom_widget_manager() -> None:
    global is_custom_widget_manager_enabled
    is_custom_widget_manager_enabled = True

"""What pages share: the frame, the session's state, controls, components, the language."""

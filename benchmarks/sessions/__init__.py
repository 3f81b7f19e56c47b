"""Browser-like sessions over Streamlit's websocket, and the server that they visit."""

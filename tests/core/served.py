"""A server of files on this machine, and what tests of downloads do with files."""

import contextlib
import http.server
import re
import socket
import threading


class Server:
    """Serves `content` at 127.0.0.1; `asked` lists what was asked for."""

    def __init__(self):
        self.content, self.asked, self.announce, self.headers = {}, [], {}, {}
        self.may_hang_up = threading.Event()
        self.may_hang_up.set()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path[1:]
                server.asked.append(name)
                if name not in server.content:
                    return self.send_error(404)
                body = server.content[name]
                self.send_response(200)
                self.send_header("Content-Length", str(server.announce.get(name, len(body))))
                for header in server.headers.items():
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(body)
                server.may_hang_up.wait(5)

            def log_message(self, *args):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


def answering(reply):
    """A server that sends these bytes to whoever asks. Returns its address and how to end it."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve():
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            with connection:
                connection.recv(10_000)
                connection.sendall(reply.replace(b"PORT", str(port).encode()))

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{port}/", listener


@contextlib.contextmanager
def nobody():
    """The address of a server that is not there."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}/"


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def flipped(data, at=-20):
    """The same length, one bit wrong."""
    damaged = bytearray(data)
    damaged[at] ^= 1
    return bytes(damaged)


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def is_one_sentence(message):
    return message.endswith(".") and not re.search(r"[.!?:] [A-Z]", message)

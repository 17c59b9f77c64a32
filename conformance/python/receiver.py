"""A shop's address for webhooks: takes each and hands them out one by one."""

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The longest that a webhook is waited for, in seconds.
PATIENCE = 10


class Receiver:
    def __init__(self):
        self._arrived = queue.Queue()
        arrived = self._arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                arrived.put(({name.lower(): value for name, value in self.headers.items()}, body))

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self):
        """The next webhook's headers and body, as soon as it is there."""
        return self._arrived.get(timeout=PATIENCE)

    def close(self):
        self._server.shutdown()

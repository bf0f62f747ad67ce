#!/usr/bin/env python3
"""A witness that lies: answers add-checkpoint as its argument says.

usage: liar.py LIE KEY-ID    prints the port that it listens on
"""
import base64
import http.server
import sys
import time

LIE = sys.argv[1]
NAME = "w3.example"


def line(name, payload):
    return f"\u2014 {name} {base64.b64encode(payload).decode()}\n".encode()


class Liar(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def send(self, body, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        when = int(time.time()).to_bytes(8, "big")
        if LIE == "forged":
            key_id = bytes.fromhex(sys.argv[2])
            self.send(line(NAME, key_id + when + b"\1" * 64))
        elif LIE == "wrong-key":
            self.send(line(NAME, b"\1\2\3\4" + when + b"\1" * 64))
        elif LIE == "garbage":
            self.send(bytes(range(76)))
        elif LIE == "many":
            self.send(b"".join(line(f"x{i}.example", bytes([i]) * 76)
                               for i in range(40)))
        elif LIE == "huge":
            try:
                for _ in range(64):
                    self.send(b"x" * (1 << 20), 1 << 40)
            except OSError:
                pass
        elif LIE == "drip":
            self.send(b"\xe2", 1000)
            try:
                for _ in range(600):
                    self.wfile.write(b"x")
                    time.sleep(0.1)
            except OSError:
                pass
        elif LIE == "reset":
            self.connection.close()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
server.daemon_threads = True
print(server.server_address[1], flush=True)
if LIE == "closed":
    server.server_close()
    time.sleep(600)
server.serve_forever()

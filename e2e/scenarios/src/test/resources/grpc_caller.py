"""Calls a service through gRPC's own xDS client, as often as `GET /<count>` on a loopback port says.

Arguments: the channel's target and the port. The answer is a JSON object: how often each instance answered, and each
failed call in words. The messages are plain text, so there is no generated code; the bootstrap is in the environment.
"""

import collections
import http.server
import json
import sys

import grpc

TARGET, PORT = sys.argv[1], int(sys.argv[2])
CHANNEL = grpc.insecure_channel(TARGET)
SAY = CHANNEL.unary_unary(
    "/skiff.e2e.Echo/Say", request_serializer=str.encode, response_deserializer=bytes.decode
)


def calls(count):
    """Makes that many calls, one after the other."""
    answers = collections.Counter()
    failures = []
    for number in range(count):
        try:
            answers[SAY(f"call {number}", timeout=20).split(" ")[0]] += 1
        except grpc.RpcError as error:
            failures.append(f"{error.code().name}: {error.details()}")
    return {"answers": answers, "failures": failures}


class Handler(http.server.BaseHTTPRequestHandler):
    """Runs the calls while its own caller waits."""

    def do_GET(self):
        body = json.dumps(calls(int(self.path[1:]))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()

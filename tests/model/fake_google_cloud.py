"""What a machine of Google Cloud can ask: its metadata server and the TPU API, on a port of this machine.

Serves the paths that TensorFlow's TPU resolver, oauth2client and google-api-python-client ask, and keeps
them. The description of the TPU API holds its one method, ``projects.locations.nodes.get``.
"""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any

TOKEN = "a-token"
NODES = "/v1/projects/my-project/locations/us-central1-b/nodes/"


class FakeGoogleCloud:
    """Args: nodes: what the TPU API answers by a TPU's name; an int is a status alone."""

    def __init__(self, nodes: dict[str, Any]) -> None:
        self.nodes = nodes
        self.asked: list[str] = []
        self.without_credentials = False
        cloud = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cloud.asked.append(self.path)
                status, answer = cloud.answer(self.path, self.headers)
                body = answer if isinstance(answer, str) else json.dumps(answer)
                self.send_response(status)
                self.send_header("Metadata-Flavor", "Google")
                self.send_header(
                    "Content-Type", "text/plain" if isinstance(answer, str) else "application/json"
                )
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which the three libraries find this server."""
        return {
            "GCE_METADATA_IP": self.address,
            "GCE_METADATA_ROOT": self.address,
            "TPU_API_DISCOVERY_URL": f"http://{self.address}/discovery/{{api}}/{{apiVersion}}",
        }

    def answer(self, path: str, headers: Any) -> tuple[int, Any]:
        """Status and body: text, or what becomes JSON."""
        if path.startswith("/computeMetadata/v1/") and headers["Metadata-Flavor"] != "Google":
            return 403, "no Metadata-Flavor"
        path = path.partition("?")[0]
        if path.startswith(NODES):
            if headers["Authorization"] != f"Bearer {TOKEN}":
                return 401, {"error": {"code": 401, "message": "no credentials"}}
            node = self.nodes.get(path.removeprefix(NODES), 404)
            if isinstance(node, int):
                return node, {"error": {"code": node, "message": "Resource was not found"}}
            return 200, node
        account = "/computeMetadata/v1/instance/service-accounts/default"
        scopes = ["https://www.googleapis.com/auth/cloud-platform"]
        answers: dict[str, Any] = {
            "/computeMetadata/v1/project/project-id": "my-project",
            "/computeMetadata/v1/instance/zone": "projects/12/zones/us-central1-b",
            f"{account}/": {"email": "default", "scopes": scopes},
            f"{account}/token": {"access_token": TOKEN, "expires_in": 3600},
            "/discovery/tpu/v1": self._description(),
        }
        if not self.without_credentials:
            answers["/"] = answers[""] = ""  # asked by oauth2client: is this Google's?
        return (200, answers[path]) if path in answers else (404, "")

    def _description(self) -> dict[str, Any]:
        name = {"type": "string", "required": True, "location": "path", "pattern": "^projects/.*$"}
        get = {
            "id": "tpu.projects.locations.nodes.get",
            "path": "v1/{+name}",
            "httpMethod": "GET",
            "parameters": {"name": name},
            "parameterOrder": ["name"],
            "response": {"$ref": "Node"},
        }
        nodes = {"resources": {"nodes": {"methods": {"get": get}}}}
        return {
            "kind": "discovery#restDescription",
            "name": "tpu",
            "version": "v1",
            "rootUrl": f"http://{self.address}/",
            "servicePath": "",
            "batchPath": "batch",
            "schemas": {"Node": {"id": "Node", "type": "object", "properties": {}}},
            "resources": {"projects": {"resources": {"locations": nodes}}},
        }

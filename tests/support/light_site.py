"""The page with a second network that costs less than the CNN.

What WebGPU makes of the CNN takes seconds where it runs on the processor. Tests that need another
model, but not this one, have the MLP again in its place, under its name.
"""

import hashlib
import json

from export.publish.site_files import Source, published_files, read

MODELS = "models/"
INDEX = MODELS + "index.json"


def light_site() -> dict[str, Source]:
    """The published files, with the MLP in the place of the CNN. Its net.js has a digest of its
    own, so that the page knows them apart."""
    files = published_files()
    mlp, cnn = json.loads(read(files[INDEX]))
    net = read(files[MODELS + mlp["net"]]) + b"\n"
    own = {key: cnn[key] for key in ("name", "title", "parameters", "net")}
    light = mlp | own | {"net_sha256": hashlib.sha256(net).hexdigest()}
    return files | {INDEX: json.dumps([mlp, light]).encode(), MODELS + cnn["net"]: net}

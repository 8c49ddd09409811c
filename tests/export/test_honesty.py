"""The heat maps of a shipped network, checked by deletion on MNIST's test images. The convolutional
network takes minutes: `python -m tests.bench honesty` checks it."""

import json
import subprocess
import sys

import numpy as np
import pytest

from export.publish.site_files import ROOT
from tests.bench.honesty import IMAGES

# In a process of its own: where a browser is open a loop runs already.
CHECK = """
import json, sys
import numpy as np
from tests.bench.honesty import honesty, shipped
images = np.load(sys.argv[1])
found = honesty(shipped("mlp", len(images)), images)
print(json.dumps([found.by_heat, found.at_random, found.honest_share]))
"""


def test_deleting_by_importance_lowers_the_logit_faster_than_at_random(mnist, tmp_path):
    images = tmp_path / "images.npy"
    np.save(images, mnist.test.images[:IMAGES].astype("float32") / 255)
    command = [sys.executable, "-c", CHECK, str(images)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    by_heat, at_random, honest_share = json.loads(told)
    assert by_heat[0] == pytest.approx(at_random[0])
    inner = list(zip(by_heat, at_random, strict=True))[1:-1]
    assert all(heat < random for heat, random in inner)
    assert all(heat < random - 1 for heat, random in inner[: len(inner) // 2])
    assert honest_share > 0.85

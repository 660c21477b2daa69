"""What the portal is not made of."""

import re

import pytest
from django.conf import settings

# Libraries that find, tell apart or measure faces, fingers, irises, voices or gaits, and those on
# which such things are usually run.
BIOMETRIC = re.compile(
    r"face|facial|facenet|arcface|retina|iris|fingerprint|biometr|gait|voice|speaker|pose-?est"
    r"|^dlib|^opencv|^mediapipe|^deepface|^insight|^mtcnn|^yolo|^ultralytics|^rekognition"
    r"|^torch|^tensorflow|^tflite|^keras|^onnx|^openvino|^paddle|^mxnet|^timm$|^transformers$"
    r"|^scikit-image|^imageio|^albumentations|^pyannote|^resemblyzer|^speechbrain"
)
LOCKS = ["requirements.lock", "requirements-local.lock"]


def locked(name):
    return re.findall(r"^([\w.-]+)==", (settings.BASE_DIR / name).read_text(), re.MULTILINE)


@pytest.mark.clause("P3.3b")
@pytest.mark.parametrize("name", LOCKS)
def test_no_library_that_recognises_people_is_installed(name):
    packages = locked(name)

    assert len(packages) > 30
    assert "django" in packages
    assert [package for package in packages if BIOMETRIC.search(package.lower())] == []


@pytest.mark.clause("P3.3b")
@pytest.mark.parametrize(
    "package",
    ["face-recognition", "dlib", "opencv-python-headless", "deepface", "insightface", "facenet-py",
     "mediapipe", "torch", "tensorflow-cpu", "onnxruntime", "pyannote.audio", "retinaface"],
)  # fmt: skip
def test_such_a_library_would_be_noticed(package):
    assert BIOMETRIC.search(package)

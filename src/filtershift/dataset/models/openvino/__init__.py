"""Reading OpenVINO files."""

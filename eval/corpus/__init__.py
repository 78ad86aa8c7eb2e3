"""The typesetter: labelled forms become finished documents."""

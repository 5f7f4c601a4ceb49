"""The backbones: `table` states the facts about each, without Keras; `build` makes their layers."""

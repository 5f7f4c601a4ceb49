"""Reading, resizing, augmenting and showing radiographs, for every stage that needs it."""

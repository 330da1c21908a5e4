"""Official reports under Decision 905: figures, files in the form of Decree 30/2020, sending up the tree."""

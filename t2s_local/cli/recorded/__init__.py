"""Commands about recorded runs that are not the main job: their steps judged, their data for trainers."""

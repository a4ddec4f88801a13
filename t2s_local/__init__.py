"""Turn recorded agent trajectories into Agent Skills, on this machine."""

__version__ = "0.1.0"

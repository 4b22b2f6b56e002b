"""Dataset folders: LeRobot v2.1 and InternData-N1, written strictly and checked."""

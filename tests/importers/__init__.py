"""Tests of SLOs that come from other tools."""

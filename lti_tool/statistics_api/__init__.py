"""Figures for programs: units, stocks, series and indicators as JSON."""

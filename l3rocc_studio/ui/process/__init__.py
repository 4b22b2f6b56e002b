"""Parts of the Process page: forecast, presets, stages."""

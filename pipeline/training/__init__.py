"""Train the models that ship with the project, and measure them."""

"""Items and scoring (pure), blueprint draw (pure), attempts."""

"""One module a row of the plan, each with ``async def run(spec) -> Row``."""

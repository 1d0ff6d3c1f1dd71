"""A function that does nothing: what Python itself costs at a cold start.

python -m awslambdaric nothing.handler
"""


def handler(event: object, context: object) -> dict[str, int]:
    return {"statusCode": 200}

"""Adapters that each break one rule, to show that the harness sees it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

from liandong.adapters.police.cad import CadExports
from liandong.adapters.sdk import Document, Draft


class AnswersFirst(CadExports):
    """Says that a row is safe before it is."""

    async def documents(self) -> AsyncIterator[Document]:
        """Yield rows that were acknowledged already."""
        async for document in super().documents():
            await document.accept()
            yield document


class NamesAnew(CadExports):
    """Gives what it reads another identity each time."""

    def translate(self, document: Document) -> tuple[Draft]:
        """Return the one event that a row is, as if nobody had ever said it."""
        (draft,) = super().translate(document)
        return (replace(draft, identity=(uuid4().hex,)),)

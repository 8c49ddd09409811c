"""Each model's confusion matrix, whose cells show the test images behind them."""

from collections.abc import Callable, Sequence

from pyscript import document

from core.catalog import Catalog, ModelEntry
from core.image import SIDE_PX
from core.misread import Confusion, Mistake, parse_confusion
from core.picture import Picture
from core.prediction import CLASSES

from ..elements import new_button, new_element
from ..events import LiveListeners, listen, on_colour_scheme
from ..files import MODELS, fetch_bytes
from ..pictures import paint_ink
from ..roving import Roving

DIGITS = range(CLASSES)


class Confusions:
    """A part of the page that opens. What it shows is fetched when it does so first; a press on an
    image puts it on the pad."""

    def __init__(
        self, catalog: Catalog, run: Callable[..., None], place: Callable[[Picture], None]
    ):
        self._catalog, self._place = catalog, place
        self._button, self._part, self._matrices, self._caption, self._list = map(
            document.getElementById,
            ("misread", "misread-part", "confusions", "misread-caption", "misread-list"),
        )
        self._presses, self._images = LiveListeners(), Roving(self._list)
        self._is_shown = False
        self._listed: Sequence[Mistake] = ()
        on_colour_scheme(self._paint)
        listen(self._button, "click", lambda _event: run(self._toggle))

    async def _toggle(self) -> None:
        opens = self._part.hidden
        self._part.hidden = not opens
        self._button.ariaExpanded = "true" if opens else "false"
        if opens and not self._is_shown:
            await self._show()

    async def _show(self) -> None:
        self._is_shown = True
        try:
            for model in self._catalog.entries.values():
                if model.misread is not None:
                    self._matrices.append(self._matrix(model, await _confusion_of(model)))
        except Exception:
            self._is_shown = False  # tried again when it is opened again
            self._matrices.replaceChildren()
            raise

    def _matrix(self, model: ModelEntry, confusion: Confusion):
        table = new_element("table", "")
        caption = new_element("caption", f"{model.title} ")
        everything = new_button(f"all {len(confusion.mistakes)} misread")
        listen(everything, "click", lambda _event: self._list_all(model.title, confusion.mistakes))
        caption.append(everything)
        head = _row(new_element("td", ""), *(_heading(digit, "col") for digit in DIGITS))
        cells = {
            (label, answer): self._cell(model.title, confusion, label, answer)
            for label in DIGITS
            for answer in DIGITS
        }
        rows = (
            _row(_heading(label, "row"), *(cells[label, answer] for answer in DIGITS))
            for label in DIGITS
        )
        table.append(caption, head, *rows)
        buttons = {place: cell.querySelector("button") for place, cell in cells.items()}
        Roving(table).hold({place: button for place, button in buttons.items() if button})
        return table

    def _cell(self, title: str, confusion: Confusion, label: int, answer: int):
        count = confusion.counts[label][answer]
        if label == answer:
            return new_element("td", str(count), "right")
        cell = new_element("td", "")
        if count:
            button = new_button(str(count))
            button.ariaLabel = button.title = f"{count} of the {label}s read as {answer}"
            mistakes = confusion.of(label, answer)
            listen(button, "click", lambda _event: self._list_all(title, mistakes))
            cell.append(button)
        return cell

    def _list_all(self, title: str, mistakes: Sequence[Mistake]) -> None:
        self._presses.forget()
        images = [self._image(mistake) for mistake in mistakes]
        self._list.replaceChildren(*images)
        self._images.hold({(0, number): image for number, image in enumerate(images)})
        self._listed = mistakes
        self._paint()
        self._caption.textContent = (
            f"{title}: {len(mistakes)} misread. Press an image to put it on the pad."
        )

    def _paint(self) -> None:
        for button, mistake in zip(self._list.children, self._listed, strict=True):
            paint_ink(button.firstChild, mistake.picture.ink, SIDE_PX)

    def _image(self, mistake: Mistake):
        button, canvas = new_button(""), document.createElement("canvas")
        canvas.ariaHidden = "true"
        button.append(canvas, f"{mistake.label} read as {mistake.answer}")
        self._presses.listen(button, "click", lambda _event: self._put(mistake))
        return button

    def _put(self, mistake: Mistake) -> None:
        self._place(mistake.picture)
        self._caption.textContent = (
            f"On the pad: test image {mistake.number}, a {mistake.label} read as {mistake.answer}."
        )


async def _confusion_of(model: ModelEntry) -> Confusion:
    path = model.misread or ""
    buffer = await fetch_bytes(MODELS + path, model.misread_sha256)
    return parse_confusion(buffer.to_bytes(), path)


def _row(*cells):
    row = document.createElement("tr")
    row.append(*cells)
    return row


def _heading(digit: int, scope: str):
    heading = new_element("th", str(digit))
    heading.scope = scope
    return heading

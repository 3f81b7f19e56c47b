"""The widgets of a page, as the browser keeps them, and what a learner may do to each."""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

CANVAS_PIXELS = 280 * 280

TEXTS = ("64, 32", "128", "", "0", "abc", "7 < 8 & '9'")
"""What learners write: layer widths, names, and what they should not."""


@dataclass(frozen=True)
class Widget:
    """One widget on show.

    Attributes:
        id: Streamlit's, which ends with the key that the app gave.
        kind: the element's type in the protocol; for a component its name.
        element: the message that drew it.
        fragment_id: the part of the page that runs again with it; empty for the whole page.
    """

    id: str
    kind: str
    element: Element
    fragment_id: str

    @property
    def key(self) -> str:
        """The app's key; Streamlit's own words for a widget without one."""
        return widget_key(self.id)

    @property
    def disabled(self) -> bool:
        shown = getattr(self.element, self.kind, None)
        return bool(getattr(shown, "disabled", False))


def widget_key(widget_id: str) -> str:
    """The app's key in Streamlit's id of a widget."""
    return widget_id.split("-", 2)[-1]


def widget_of(element: Element, fragment_id: str) -> Widget | None:
    """The widget that an element is; None for one that a learner cannot use."""
    kind = element.WhichOneof("type") or ""
    if kind == "bidi_component":
        shown = element.bidi_component
        return Widget(shown.id, shown.component_name, element, fragment_id)
    if kind not in MOVES and kind not in DEFAULTS:
        return None
    return Widget(getattr(element, kind).id, kind, element, fragment_id)


def first_state(widget: Widget) -> WidgetState | None:
    """What the browser reports of a widget that nobody has touched; None for nothing."""
    make = DEFAULTS.get(widget.kind)
    return None if make is None else make(widget)


def is_set_by_app(widget: Widget) -> bool:
    """Whether the app says that the widget has another value than the browser thinks."""
    return bool(getattr(getattr(widget.element, widget.kind, None), "set_value", False))


def moved(widget: Widget, chance: random.Random) -> WidgetState | None:
    """What a learner makes of a widget; None if it can only be looked at."""
    move = MOVES.get(widget.kind)
    return None if move is None or widget.disabled else move(widget, chance)


def pressed(widget: Widget) -> WidgetState:
    """A click on a button."""
    return WidgetState(id=widget.id, trigger_value=True)


def numbers(widget: Widget, *values: float) -> WidgetState:
    state = WidgetState(id=widget.id)
    state.double_array_value.data.extend(values)
    return state


def texts(widget: Widget, *values: str) -> WidgetState:
    state = WidgetState(id=widget.id)
    state.string_array_value.data.extend(values)
    return state


def _slider(widget: Widget, chance: random.Random) -> WidgetState:
    slider = widget.element.slider
    if slider.type == Slider.SELECT_SLIDER:
        return texts(widget, chance.choice(slider.options))
    n_steps = max(round((slider.max - slider.min) / slider.step), 1) if slider.step else 1
    n_thumbs = len(slider.default)
    steps = sorted(chance.randint(0, n_steps) for _ in range(n_thumbs))
    return numbers(widget, *(min(slider.min + n * slider.step, slider.max) for n in steps))


def _slider_default(widget: Widget) -> WidgetState:
    slider = widget.element.slider
    if slider.type == Slider.SELECT_SLIDER:
        named = list(slider.raw_value) if slider.set_value else []
        return texts(widget, *(named or [slider.options[int(i)] for i in slider.default]))
    return numbers(widget, *(slider.value if slider.set_value else slider.default))


def _choice(widget: Widget, chance: random.Random) -> WidgetState | None:
    options = getattr(widget.element, widget.kind).options
    return WidgetState(id=widget.id, string_value=chance.choice(options)) if options else None


def _choice_default(widget: Widget) -> WidgetState | None:
    shown = getattr(widget.element, widget.kind)
    if shown.set_value and shown.HasField("raw_value"):
        return WidgetState(id=widget.id, string_value=shown.raw_value)
    if shown.HasField("default") and len(shown.options):
        return WidgetState(id=widget.id, string_value=shown.options[shown.default])
    return None


def _group(widget: Widget, chance: random.Random) -> WidgetState:
    return texts(widget, chance.choice(widget.element.button_group.options).content)


def _group_default(widget: Widget) -> WidgetState:
    group = widget.element.button_group
    if group.set_value:
        return texts(widget, *group.raw_values)
    return texts(widget, *(group.options[i].content for i in group.default))


def _multiselect(widget: Widget, chance: random.Random) -> WidgetState:
    options = list(widget.element.multiselect.options)
    return texts(widget, *chance.sample(options, min(chance.randint(0, 3), len(options))))


def _multiselect_default(widget: Widget) -> WidgetState:
    shown = widget.element.multiselect
    named = shown.raw_values if shown.set_value else [shown.options[i] for i in shown.default]
    return texts(widget, *named)


def _number(widget: Widget, chance: random.Random) -> WidgetState:
    shown = widget.element.number_input
    low = shown.min if shown.has_min else 0.0
    high = min(shown.max, low + 100 * shown.step) if shown.has_max else low + 100 * shown.step
    return WidgetState(id=widget.id, double_value=round(chance.uniform(low, high)))


def _number_default(widget: Widget) -> WidgetState:
    shown = widget.element.number_input
    return WidgetState(id=widget.id, double_value=shown.value if shown.set_value else shown.default)


def _checkbox_default(widget: Widget) -> WidgetState:
    shown = widget.element.checkbox
    return WidgetState(id=widget.id, bool_value=shown.value if shown.set_value else shown.default)


def _text_default(widget: Widget) -> WidgetState:
    shown = getattr(widget.element, widget.kind)
    return WidgetState(id=widget.id, string_value=shown.value if shown.set_value else shown.default)


def _uploader_default(widget: Widget) -> WidgetState:
    state = WidgetState(id=widget.id)
    state.file_uploader_state_value.SetInParent()
    return state


def _scrub(widget: Widget, chance: random.Random) -> WidgetState | None:
    epochs = json.loads(widget.element.bidi_component.bytes or b"{}").get("epochs")
    if not epochs:
        return None
    return WidgetState(id=widget.id, json_value=json.dumps({"epoch": chance.choice(epochs)}))


def _draw(widget: Widget, chance: random.Random) -> WidgetState:
    """A vertical stroke, packed as draw_canvas.js does: pairs of a length and a grey."""
    left, greys, runs = chance.randint(60, 200), [0] * 280, bytearray()
    greys[left : left + 20] = [255] * 20
    for grey in greys * (CANVAS_PIXELS // 280):
        if runs and runs[-1] == grey and runs[-2] < 255:
            runs[-2] += 1
        else:
            runs += bytes((1, grey))
    packed = base64.b64encode(bytes(runs)).decode()
    return WidgetState(id=widget.id, json_value=json.dumps({"picture": packed}))


def _pin(widget: Widget, chance: random.Random) -> WidgetState:
    pin = {"x": chance.uniform(-2, 2), "y": chance.uniform(-2, 2)}
    return WidgetState(id=widget.id, json_value=json.dumps({"pin": pin}))


def _pick(widget: Widget, chance: random.Random) -> WidgetState | None:
    if b'"clickable": true' not in widget.element.bidi_component.bytes:
        return None
    events = [{"event": "picked", "value": chance.randint(0, 2)}]  # so many every chart has
    name = f"$$STREAMLIT_INTERNAL_KEY_{widget.id}__events"
    return WidgetState(id=name, json_trigger_value=json.dumps(events))


MOVES: dict[str, Callable[[Widget, random.Random], WidgetState | None]] = {
    "button": lambda widget, chance: pressed(widget),
    "slider": _slider,
    "selectbox": _choice,
    "radio": _choice,
    "button_group": _group,
    "multiselect": _multiselect,
    "number_input": _number,
    "text_input": lambda widget, chance: WidgetState(
        id=widget.id, string_value=chance.choice(TEXTS)
    ),
    "text_area": lambda widget, chance: WidgetState(
        id=widget.id, string_value=chance.choice(TEXTS)
    ),
    "checkbox": lambda widget, chance: WidgetState(id=widget.id, bool_value=chance.random() < 0.5),
    "lab_scrubber": _scrub,
    "lab_draw_canvas": _draw,
    "lab_latent_pad": _pin,
    "lab_live_plot": _pick,
}

DEFAULTS: dict[str, Callable[[Widget], WidgetState | None]] = {
    "slider": _slider_default,
    "selectbox": _choice_default,
    "radio": _choice_default,
    "button_group": _group_default,
    "multiselect": _multiselect_default,
    "number_input": _number_default,
    "checkbox": _checkbox_default,
    "text_input": _text_default,
    "text_area": _text_default,
    "file_uploader": _uploader_default,
}

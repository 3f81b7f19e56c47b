"""What a tab remembers: messages that the server may refer to, and the widgets on show."""

from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.sessions import widgets
from benchmarks.sessions.widgets import Widget


class Messages:
    """Messages that the server need not send again; those that two runs did not mention go."""

    def __init__(self) -> None:
        self.oldest_age = 2  # in runs; the server says how many
        self._n_runs = 0
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}

    def hashes(self) -> list[str]:
        return list(self._kept)

    def whole(self, message: ForwardMsg) -> ForwardMsg | None:
        """A message, or the one that it refers to; None if that was never sent."""
        if message.WhichOneof("type") == "ref_hash":
            if message.ref_hash not in self._kept:
                return None
            known, _ = self._kept[message.ref_hash]
            self._kept[message.ref_hash] = (known, self._n_runs)
            return known
        if message.metadata.cacheable and message.hash:
            self._kept[message.hash] = (message, self._n_runs)
        return message

    def count_run(self) -> None:
        """After each run of the whole script."""
        self._n_runs += 1
        oldest = self._n_runs - self.oldest_age
        self._kept = {key: kept for key, kept in self._kept.items() if kept[1] >= oldest}


class Shelf:
    """The widgets on show and the values that the browser reports of them.

    Attributes:
        widgets: by Streamlit's id.
    """

    def __init__(self) -> None:
        self.widgets: dict[str, Widget] = {}
        self._states: dict[str, WidgetState] = {}
        self._seen: set[str] = set()

    def states(self) -> list[WidgetState]:
        return list(self._states.values())

    def set(self, state: WidgetState) -> None:
        """Takes what the learner made of a widget."""
        self._states[state.id] = state

    def begin_run(self) -> None:
        self._seen = set()

    def show(self, element: Element, fragment_id: str) -> None:
        """Takes an element that was drawn, if it is a widget."""
        widget = widgets.widget_of(element, fragment_id)
        if widget is None:
            return
        self._seen.add(widget.id)
        self.widgets[widget.id] = widget
        if widget.id not in self._states or widgets.is_set_by_app(widget):
            state = widgets.first_state(widget)
            if state is not None:
                self._states[widget.id] = state

    def end_run(self, fragment_id: str) -> None:
        """Lets go of the widgets that the run should have drawn and has not.

        Args:
            fragment_id: the part of the page that was drawn again; empty for all of it.
        """
        for name, widget in list(self.widgets.items()):
            if name not in self._seen and fragment_id in ("", widget.fragment_id):
                del self.widgets[name]
                self._states.pop(name, None)

    def clear_states(self) -> None:
        """Another page: the widgets of this one are gone."""
        self._states.clear()

"""New digits out of codes that belong to no picture: drawn, moved, added."""

from ui.generate import PARTS, answers
from ui.kit import challenges, frame, lesson, parts
from ui.kit.language import _

model = frame.open_page("generate")
lesson.head(_("Generate"), "generate")

part = parts.choose("generate", {key: title for key, (title, _panels) in PARTS.items()})
seen = answers.look(model)
for panel in PARTS[part][1]:
    panel(seen)

challenges.panel("generate", model)

frame.close_page()

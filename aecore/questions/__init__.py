"""Questions about a trained model: functions of a subject that answer in plain arrays.

A host answers them where the model lives, so that pages never touch a model. Pages ask through
`ui.models.ask`, which remembers the answers.
"""

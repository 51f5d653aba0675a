"""What a fresh run takes its weights from: ``--init``.

RUN, RUN/ckpt-STEP, RUN@best, RUN@STEP     a run of this trainer: its last, best or a named checkpoint
tf1:PREFIX                                 a TF1 checkpoint, ``albert_config.json`` beside it
hf:FOLDER                                  a Hugging Face folder
"""

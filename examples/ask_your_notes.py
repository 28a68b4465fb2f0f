"""Index a folder and ask a question: ``python examples/ask_your_notes.py data/articles "Who founded Norhaven?"``"""

import sys

from graphmem import GraphMemory

folder, question = sys.argv[1:3]

with GraphMemory.open("notes-store") as memory:
    report = memory.index([folder])
    for failure in report.failed:
        print(f"left out {failure.source}: {failure.reason}", file=sys.stderr)
    answer = memory.ask(question)
    print(answer.text)
    for citation in answer.citations:
        print(f"  [{citation.marker}] {citation.source}, characters {citation.span[0]} to {citation.span[1]}")
    if not answer.confident:
        print("(not settled by the documents)")

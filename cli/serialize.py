"""The JSON forms that the command line promises."""

from __future__ import annotations

from dataclasses import asdict

from graphmem.model import Answer, Evidence, Proof, SearchResult, TreeNode

__all__ = ["answer_as_dict", "proof_as_dict", "result_as_dict", "trace_as_dict", "tree_as_dict"]


def result_as_dict(result: SearchResult) -> dict[str, object]:
    """What ``search --json`` prints."""
    return {
        "question": result.question,
        "hits": [{**asdict(hit), "span": list(hit.span), "why": list(hit.why)} for hit in result.hits],
        "proof": proof_as_dict(result.proof),
        "hops": len(result.trace.hops),
        "stopped": result.stopped,
        "timings_ms": {step: round(time, 3) for step, time in result.trace.timings_ms.items()},
    }


def proof_as_dict(proof: Proof) -> dict[str, object]:
    """A verdict and its steps."""
    return {
        "verdict": proof.verdict,
        "relation": proof.relation,
        "score": round(proof.score, 4),
        "summary": proof.summary,
        "answer": proof.answer,
        "steps": [asdict(step) for step in proof.steps],
    }


def answer_as_dict(answer: Answer) -> dict[str, object]:
    """What ``ask --json`` prints: the search, and the answer with its citations."""
    return {
        **result_as_dict(answer.result),
        "answer": answer.text,
        "short_answer": answer.short,
        "confident": answer.confident,
        "citations": [asdict(citation) for citation in answer.citations],
    }


def trace_as_dict(result: SearchResult) -> dict[str, object]:
    """What ``explain --json`` adds."""
    trace = result.trace
    return {
        "claim": asdict(trace.claim),
        "entities": list(trace.entities),
        "scope": {
            "chosen": "global" if result.overview else "local",
            "breadth": asdict(trace.breadth),
            "topics": [
                {
                    "id": branch.id,
                    "name": branch.name,
                    "score": branch.score,
                    "quotes": list(map(_quoted, branch.quotes)),
                }
                for branch in result.overview
            ],
        },
        "hops": [
            {
                "seeds": [{"passage_id": id_, "value": round(value, 6)} for id_, value, _ in hop.seeds],
                "reached": [
                    {"passage_id": id_, "value": round(value, 6), "through": name} for id_, value, name in hop.reached
                ],
                "proof": proof_as_dict(hop.proof),
            }
            for hop in trace.hops
        ],
        "reading": list(trace.reading),
    }


def tree_as_dict(node: TreeNode) -> dict[str, object]:
    """What ``tree --json`` prints."""
    return {
        "id": node.id,
        "level": node.level,
        "name": node.name,
        "size": node.size,
        "entities": list(node.entities),
        "phrases": list(node.phrases),
        "years": node.years,
        "summary": list(map(_quoted, node.summary)),
        "abstract": [
            {"text": sentence.text, "cites": list(sentence.cites), "evidence": list(map(_quoted, sentence.evidence))}
            for sentence in node.abstract
        ],
        "passages": list(node.passages),
        "children": list(map(tree_as_dict, node.children)),
    }


def _quoted(quote: Evidence) -> dict[str, object]:
    return {"passage_id": quote.passage_id, "source": quote.source, "span": list(quote.span), "text": quote.text}

"""What is counted of a source: its lines of code."""

import ast


def lines_of_code(source: str) -> int:
    """Return the number of lines that are not blank, a comment or part of a docstring."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    with_docs = [n for n in ast.walk(ast.parse(source)) if isinstance(n, documented)]
    docs = [node.body[0] for node in with_docs if ast.get_docstring(node, clean=False) is not None]
    doc_lines = {line for doc in docs for line in range(doc.lineno, (doc.end_lineno or 0) + 1)}
    lines = enumerate(source.splitlines(), start=1)
    return sum(1 for n, line in lines if n not in doc_lines and line.split("#")[0].strip())

"""Parameters in TypeScript, for papermill."""

import json
import math

from papermill.translators import Translator


class TypeScriptTranslator(Translator):
    """Assigns each parameter, so that the kernel checks its value against the type that it was declared with.

    A later cell may declare a name once more, but then with whatever type the value has.
    """

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_str(cls, val):
        return json.dumps(val, ensure_ascii=False)

    @classmethod
    def translate_float(cls, val):
        if math.isfinite(val):
            return repr(val)
        return "Number.NaN" if math.isnan(val) else f"{'-' if val < 0 else ''}Number.POSITIVE_INFINITY"

    @classmethod
    def translate_list(cls, val):
        return f"[{', '.join(map(cls.translate, val))}]"

    @classmethod
    def translate_dict(cls, val):
        fields = (f"{cls.translate_str(str(name))}: {cls.translate(value)}" for name, value in val.items())
        return f"{{ {', '.join(fields)} }}"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}"

    @classmethod
    def assign(cls, name, str_val):
        return f"  {name} = {str_val};"

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        """In a block, since the kernel prints the value of a cell's last expression."""
        lines = [cls.assign(name, cls.translate(value)) for name, value in parameters.items()]
        return "\n".join([cls.comment(comment), "{", *lines, "}"])

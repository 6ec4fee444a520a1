# Calls the function `main` of a program with a value, and writes what it returns: run.py PROGRAM INPUT OUTPUT
import json
import runpy
import sys

program, source, target = sys.argv[1:]
main = runpy.run_path(program)["main"]
with open(source, encoding="utf-8") as file:
    value = json.load(file)
with open(target, "w", encoding="utf-8") as file:
    json.dump(main(value), file)

#!/bin/sh
# A script-shell for npm that runs a script as a child, as some shells do: a signal that ends this shell ends only it.
eval "$2"
exit $?

"""What ``--help`` says of each command: what it does, in lines for a terminal of 80 columns, and examples of it."""

from typing import NamedTuple

__all__ = ["DESCRIPTION", "EPILOG", "HELP", "Help"]

DESCRIPTION = """\
Find duplicate images, see why they are, and clear them away. Nothing is
changed on the disk before you say so."""

EPILOG = """\
examples:
  dupviz demo                       a sample, to try it
  dupviz scan photos                prints what was found
  dupviz review photos              decide in the browser, and move what can go
  dupviz undo duplicates            brings back what was moved

dupviz COMMAND --help explains a command, with examples.

exit status:
  0  done, with or without duplicates
  1  something that was asked for could not be done
  2  unusable arguments
  3  duplicates, with --fail-on-duplicates
  130  interrupted

How it works: each image is shrunk to a tensor of 50 x 50 x 3 numbers. Two
images are duplicates when the mean squared error (MSE) of their tensors, in
the best of the four rotations by 90 degrees, is below a threshold. Then both
files are compared once more, larger. Only files that show the same picture
can go; the rest is for review."""


class Help(NamedTuple):
    """One line for the list of commands, what the command does, and examples."""

    line: str
    description: str
    examples: str = ""


HELP = {
    "scan": Help(
        "print groups of duplicate images",
        """\
Read every image in the folders and print groups of duplicates: which file
stays in each, and which files can go. Nothing is changed on the disk. Broken
images are listed with the reason, and other files are counted.""",
        """\
  dupviz scan photos                    groups of duplicates
  dupviz scan photos --threshold 500    less similar images, too
  dupviz scan photos --parts            crops of many small pictures, too
  dupviz scan new --against archive     which files of new the archive has
  dupviz scan photos --report report.html
                                        groups as pictures, for a browser
  dupviz scan photos --plan plan.csv    what can go, to look through and edit
  dupviz scan photos --json pairs.json  all pairs, for other programs
  dupviz scan photos.zip                what is in an archive
  dupviz scan data --fail-on-duplicates
                                        for checks: status 3 if there are any
  dupviz scan data --fail-on-duplicates --lock dupviz.lock
                                        but for those that are known
  dupviz scan photos --no-verify --keep largest_file
                                        by the MSE alone""",
    ),
    "find": Help(
        "say whether a picture is in a folder, and where",
        """\
Say for each picture whether the folder has it, too: the same bytes, the same
picture saved again, smaller or turned, or nearly the same one. Where it has
not, the nearest pictures are named, so that one can see for oneself. The
exit status is 0 only if each of the pictures is there.""",
        """\
  dupviz find cat.jpg Pictures          is this cat among my pictures?
  dupviz find a.jpg b.jpg Pictures --parts
                                        as a part of another one, too""",
    ),
    "review": Help(
        "look through the groups in the browser, decide, and move",
        """\
Find duplicates as dupviz scan does, and show them in the browser: decide
group by group which files stay, compare two at full size, and move what can
go to another folder, or back. The page comes from this machine, and nobody
else can open it: each printed address lets one browser in, once. To end it,
press Finish there, or Ctrl-C here.""",
        """\
  dupviz review photos                  the groups of photos
  dupviz review                         the page asks for a folder
  dupviz review photos --no-browser     prints the address""",
    ),
    "demo": Help(
        "try dupviz on a sample of pictures",
        """\
Copy the sample, a hundred pictures with duplicates among them, to a new
folder, and open it as dupviz review does.""",
        """\
  dupviz demo                           in the new folder dupviz-demo
  dupviz demo there                     in the new folder there""",
    ),
    "lessons": Help(
        "copy the notebooks that teach what a tensor is",
        """\
Copy the lessons, which are notebooks, to a new folder, with the pictures that
they use, and print how to start them.""",
        """\
  dupviz lessons tensors                to the new folder tensors""",
    ),
    "clean": Help(
        "move the files that can go to another folder",
        """\
Find duplicates as dupviz scan does, and show which files can go and which
file stays instead. Without --yes nothing is changed. With --yes the files
move to a quarantine folder, which keeps their relative paths and a journal of
where each came from. Both files are checked and measured once more before
each move, and nothing is ever overwritten. What is for review stays. With
--carry, files can go, too, whose only reason to stay is a caption, keywords,
a rating or other metadata: these are first written to an XMP sidecar beside
the file that stays. That file is never changed.""",
        """\
  dupviz clean photos --to duplicates          what would move
  dupviz clean photos --to duplicates --yes    moves it
  dupviz clean --plan plan.csv --to duplicates --yes
                                               moves the files of a plan
  dupviz clean photos --carry --to duplicates --yes
                                               metadata goes to sidecars
  dupviz undo duplicates                       brings all back""",
    ),
    "undo": Help(
        "bring back what clean has moved",
        """\
Bring back every file that dupviz clean has moved, to its old place, and
remove the sidecars that it has written. A file that has changed in the
quarantine folder stays there and is listed, and so does a sidecar that has
changed. This works after a crash, too, and can be repeated. No file returns
through a link. Files that another user or another machine has moved are only
shown, and so are those of a journal that was changed since; with --yes they
come back as well.""",
        """\
  dupviz undo duplicates --dry-run      what would come back, and where
  dupviz undo duplicates                brings it back
  dupviz undo duplicates/journal-2.jsonl
                                        only what the second clean has moved""",
    ),
    "quarantine": Help(
        "list, check or empty the folders that clean has moved files to",
        """\
Say whether what dupviz clean has moved can go for good. The check looks once
more at each file that stayed. It must be there and unchanged, or, if it has
changed, be a file for which the other one could go today. Then the folder is
safe to empty; otherwise the check names the files to bring back, with exit
status 1. The command empty makes the same check, and moves the whole folder
to the system's trash only if it finds no file to bring back.""",
        """\
  dupviz quarantine list                the folders with files of yours
  dupviz quarantine check duplicates    whether it is safe to empty
  dupviz quarantine empty duplicates    checks, asks, moves it to the trash""",
    ),
    "covered": Help(
        "say whether an archive has all that is on a card",
        """\
Say for each file of a card, or of any folder, whether an archive has it too:
may the card be wiped? A file is covered by one with the same bytes; a picture
also by one for which dupviz would let it go: the same picture, at least as
good, with all that it carries. What is not covered is listed, each with the
reason. The exit status is 0 only if there are files, and all of them are
covered. With --copy-missing, what is not covered is copied, and each copy is
read back and compared; then the status is 0 if all copies are whole. Nothing
on the card is changed, and nothing is ever overwritten.""",
        """\
  dupviz covered /media/card --by Pictures
                                        may this card be wiped?
  dupviz covered /media/card --by Pictures --copy-missing Pictures/new
                                        copies what is not there""",
    ),
    "cache": Help(
        "show or clear what is remembered between scans",
        """\
Show where dupviz remembers the tensors of earlier scans, how many there are,
and how much space they take.""",
        """\
  dupviz cache                          where, how many, how large
  dupviz cache --clear                  forgets all""",
    ),
    "completion": Help(
        "print what a shell needs to complete commands and options",
        """\
Print a script with which a shell completes the commands of dupviz, their
options and the names of files.""",
        """\
  eval "$(dupviz completion bash)"      in ~/.bashrc
  dupviz completion zsh > ~/.zsh/_dupviz
                                        in a folder of $fpath
  dupviz completion fish > ~/.config/fish/completions/dupviz.fish""",
    ),
}

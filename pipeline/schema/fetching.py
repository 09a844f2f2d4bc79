"""The table of what was asked for and what came: the log of a fetch."""

from pipeline.schema.columns import Column, Table

FETCH_OUTCOMES = ("fetched", "unchanged", "changed", "mirrored", "retry", "failed")

FETCH_LOG = Table(
    "fetch_log",
    "a try to get a file",
    ("time", "doc_id", "try"),
    (
        Column("time", "string", "When the try was over, UTC", True),
        Column("doc_id", "string", "The document that was wanted", True),
        Column("url", "string", "Its address"),
        Column("final_url", "string", "The address after redirects, or the path in the mirror"),
        Column("try", "int", "Number of the try, from 1", True),
        Column("status", "int", "HTTP status; 0 without an answer", True),
        Column("outcome", "string", "What came of it: a file, the file that was here (unchanged), "
               "another than the one that was known (changed), another try to follow (retry), or "
               "nothing (failed)", True, FETCH_OUTCOMES),
        Column("reason", "string", "Short code of the fault; empty where a file came"),
        Column("bytes", "int", "Size of what came", True, unit="bytes"),
        Column("sha256", "string", "SHA-256 of what came, also where it is not the document"),
        Column("media_type", "string", "Media type that the server states"),
        Column("etag", "string", "The server's name for this version of the file"),
        Column("last_modified", "string", "When the file changed, as the server says"),
        Column("file", "string", "Where the content is kept, below the folder of the fetch"),
        Column("detail", "string", "What happened and what to do"),
    ),
)  # fmt: skip

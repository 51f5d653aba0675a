"""What a build will make and cost, predicted from a sample of its sources.

    look       which splits are opened: all of a small corpus, a random choice of a large one
    excerpts   which parts of the documents in them are read: evenly spread runs of some KB
    reading    those parts through the real reader, splitter and encoder, into token files
    recut      the sampled sentences cut into documents as long as those of the corpus
    shards     pairs, masks and shards of these by the real code
    cache      bytes of the token cache
    predict    all of it scaled up, with error bars

Sizes of what is looked at are known exactly, so only the pieces per character are estimated (a ratio
estimator), and examples are made of documents as long as the corpus's: chunk ends are as frequent as in
the build. A sample of everything is no sample: it goes through the same code as a build and gives the
same numbers.
"""

// Nobody needs to look here.

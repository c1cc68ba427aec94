//@todo 2
        ship_log.keep("ship", *this);
        crates.push_back(l.what);
        return true;
//@end

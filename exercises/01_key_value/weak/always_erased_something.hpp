//@todo 3
        entries.erase(e.key);
        return true;
//@end

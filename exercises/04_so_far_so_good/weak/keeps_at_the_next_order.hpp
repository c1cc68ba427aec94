//@todo 1
        ship_log.keep("ship", *this);
        mile += s.miles;
        look_out();
//@end

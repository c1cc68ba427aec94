//@todo 1
        mile += s.miles;
        ship_log.forget("ship");
        look_out();
        ship_log.keep("ship", *this);
//@end

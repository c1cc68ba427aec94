//@todo 1
        mile += s.miles;
        look_out();
//@end

//@todo 1
        driver.reply();
//@end

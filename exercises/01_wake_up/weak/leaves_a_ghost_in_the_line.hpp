//@todo 1
        if (places > 0) driver.reply();
        waiting.push_back(std::move(driver));
//@end

//@todo 1
    half::ref<station> to = stations.find("roof");

    void init() {}
//@end

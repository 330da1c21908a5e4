// Posts the form of this page at once; the button in it is for browsers without scripts.
document.getElementById("post-on").submit();

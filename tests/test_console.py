from fracture.console import some


def test_ten_names_are_shown_in_order() -> None:
    ten = [f"{n}" for n in range(10)]
    assert some(ten[::-1]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert some([*ten, "91"]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"
    assert some({"b", "a", "c"}, most=1) == "a and 2 more"

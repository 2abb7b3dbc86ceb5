export function SideScreens() {
  return null;
}

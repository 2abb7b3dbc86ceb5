import './theme/base.css';
